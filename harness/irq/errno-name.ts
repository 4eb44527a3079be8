/** Which errno is it? A guest's programs print errors in words; the kernel's name is what laws speak of. */

/** As glibc and busybox say it. */
const NAMES: Readonly<Record<string, string>> = {
  'Operation not permitted': 'EPERM',
  'No such file or directory': 'ENOENT',
  'nonexistent directory': 'ENOENT',
  'Input/output error': 'EIO',
  'Permission denied': 'EACCES',
  'Device or resource busy': 'EBUSY',
  'Invalid argument': 'EINVAL',
  'No space left on device': 'ENOSPC',
  'Numerical result out of range': 'ERANGE',
  'Value too large for defined data type': 'EOVERFLOW',
  'Cannot allocate memory': 'ENOMEM',
}

/** `EINVAL` for `Invalid argument`; words that are not known stay as they are. */
export function errnoName(words: string): string {
  return NAMES[words] ?? words
}
