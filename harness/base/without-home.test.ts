import t from 'tap'
import { withHome, withoutHome } from './without-home.ts'

const home = '/home/al'

void t.test('the home directory is told as ~, and nothing else is', (t) => {
  t.equal(withoutHome('["/home/al/x","/home/al","/home/alice/y"]', home), '["~/x","~","/home/alice/y"]')
  t.equal(withoutHome('file:///home/al/x and /home/al-2', home), 'file://~/x and /home/al-2')
  t.equal(withoutHome('/root/x', '/'), '/root/x')
  t.end()
})

void t.test('what was told so is found again', (t) => {
  for (const text of ['/home/al/x', 'tree:/home/al/linux,patch=/home/al/a~b.patch', 'debian:6.1', '/home/al'])
    t.equal(withHome(withoutHome(text, home), home), text)
  t.equal(withHome('a~b/~', home), 'a~b/~')
  t.end()
})
