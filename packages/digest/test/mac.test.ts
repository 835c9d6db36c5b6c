import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createNodeMac } from '../src/mac-node.ts';
import { createPortableMac } from '../src/mac-portable.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

for (const [name, createMac] of [
  ['createNodeMac', createNodeMac],
  ['createPortableMac', createPortableMac],
] as const) {
  describe(name, () => {
    it('signs as RFC 4231, test cases 1 and 2', async () => {
      const one = await createMac(new Uint8Array(20).fill(0x0b));
      assert.equal(
        hex(await one.sign(text('Hi There'))),
        'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
      );
      const two = await createMac(text('Jefe'));
      assert.equal(
        hex(await two.sign(text('what do ya want for nothing?'))),
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      );
    });

    it('verifies its own signatures, and none that is changed, cut or of another key', async () => {
      const mac = await createMac(text('a key'));
      const signature = await mac.sign(text('bytes'));
      assert.equal(await mac.verify(text('bytes'), signature), true);
      assert.equal(await mac.verify(text('Bytes'), signature), false);
      assert.equal(await mac.verify(text('bytes'), signature.subarray(1)), false);
      assert.equal(
        await mac.verify(
          text('bytes'),
          signature.map((byte, index) => (index === 31 ? byte ^ 1 : byte)),
        ),
        false,
      );
      assert.equal(await (await createMac(text('another'))).verify(text('bytes'), signature), false);
    });

    it('takes bytes that are a window of a larger buffer', async () => {
      const mac = await createMac(text('a key'));
      const window = text('--bytes--').subarray(2, 7);
      assert.deepEqual(hex(await mac.sign(window)), hex(await mac.sign(text('bytes'))));
    });
  });
}
