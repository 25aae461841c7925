/** What is wrong with the number of a port, or nothing; 0 takes a free one. */
export function faultOfPort(option: string, port: number | undefined): string | undefined {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port < 65_536))
    return undefined;
  return `--${option} ${port}: accepted is a whole number from 0 to 65535`;
}
