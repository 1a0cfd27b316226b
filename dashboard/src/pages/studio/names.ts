// Names of variables. Alone, since the address of a report is read before the page is loaded.

const NAME = /^[A-Za-z_]\w{0,39}$/;

export function isVariableName(name: string): boolean {
  return NAME.test(name);
}
