// Where to go back to after signing in. The address comes from the URL, so it is not trusted: only
// a path of this dashboard passes, never another site.

export function safeReturn(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\/(?![/\\])/.test(value)) return undefined;
  return value.startsWith('/login') ? undefined : value;
}

export function toLogin(href: string) {
  const back = safeReturn(href);
  return {
    to: '/login' as const,
    search: back === undefined || back === '/' ? {} : { return: back },
  };
}
