// As much of other runtimes' globals as the examples use.
declare const Deno: {
  serve(
    options: { hostname: string; port: number },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Promise<Response>,
  ): unknown;
};

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    maxRequestBodySize: number;
    fetch: (request: Request) => Promise<Response>;
  }): { url: URL };
};
