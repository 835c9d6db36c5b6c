export const help = `Usage: lading-registry [command] [config.yml]

Commands:
  serve             serve the registry (without a command, too)
  check-config      say what is wrong with a configuration, or what it comes to
  check-storage     try out whether the configured storage keeps its contract
  garbage-collect   remove blobs that no manifest needs; while the registry is stopped or read-only

Options:
  -d, --dry-run          garbage-collect: say what would go, and remove nothing
  -m, --delete-untagged  garbage-collect: remove manifests that no tag reaches, too
  -h, --help             show this
  -v, --version          show the version

Without a configuration the registry listens on 127.0.0.1:5000 and keeps its data in ./data.
REGISTRY_… variables change single settings, as in REGISTRY_HTTP_ADDR=127.0.0.1:5001.
REGISTRY_CONFIGURATION_PATH names the configuration when no argument does.
`;
