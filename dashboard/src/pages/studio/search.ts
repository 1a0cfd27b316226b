// What of a report lies in the address: range and project, the values of its variables, and whether it is edited.
import { type Raw, type Scope, readScope } from '../../filters/search';
import { isVariableName } from './names';

export type StudioSearch = Scope;

export type ReportSearch = Scope & {
  /** `name=value`, one for each variable the reader filled. */
  var?: readonly string[] | undefined;
  edit?: '1' | undefined;
};

export function readReportSearch(raw: Raw): ReportSearch {
  const found = [raw['var']].flat().filter((each): each is string => {
    return (
      typeof each === 'string' && isVariableName(each.split('=')[0] ?? '') && each.includes('=')
    );
  });
  return {
    ...readScope(raw),
    ...(found.length === 0 ? {} : { var: found }),
    ...(String(raw['edit']) === '1' ? { edit: '1' as const } : {}),
  };
}

/** The values the reader filled in, by name. */
export function valuesIn(search: ReportSearch): Record<string, string> {
  return Object.fromEntries(
    (search.var ?? []).map((each) => {
      const at = each.indexOf('=');
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );
}

/** The same search with another value of a variable; one like the report's own is left out. */
export function withVariable(search: ReportSearch, name: string, value: string | undefined) {
  const rest = (search.var ?? []).filter((each) => !each.startsWith(`${name}=`));
  const next = value === undefined ? rest : [...rest, `${name}=${value}`];
  return next.length === 0 ? undefined : next;
}
