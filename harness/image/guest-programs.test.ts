import t from 'tap'
import { parseLibraries } from './guest-programs.ts'

await t.test('what ld.so --list prints', async (t) => {
  const text = `	linux-vdso.so.1 (0x00007f9a1a810000)
	libz.so.1 => /r/lib/x86_64-linux-gnu/libz.so.1 (0x00007f9a1a6be000)
	/lib64/ld-linux-x86-64.so.2 => /r/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 (0x00007f9a1a812000)
`
  t.same(parseLibraries(text, '/r'), ['/r/lib/x86_64-linux-gnu/libz.so.1'])
  const fromHost = '	libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f9a1a6be000)\n'
  t.throws(() => parseLibraries(fromHost, '/r'), { name: 'Trouble', message: /hold no libz\.so\.1/ })
  t.throws(() => parseLibraries('	libq.so.1 => not found\n', '/r'), {
    name: 'Trouble',
    message: /hold no libq\.so\.1/,
  })
})
