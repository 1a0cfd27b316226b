// What is masked in a project's events besides what always is.
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { components } from './schema.gen';

export type MaskingRules = components['schemas']['MaskingRules'];
export type MaskingRule = components['schemas']['MaskingRule'];
export type Redaction = components['schemas']['Redaction'];

export function maskingQuery(projectId: string) {
  return queryOptions({
    queryKey: ['masking-rules', projectId],
    queryFn: ({ signal }) => {
      const params = { path: { id: projectId } };
      return answer(api.GET('/v1/projects/{id}/masking-rules', { params, signal }));
    },
  });
}

/** Replaces the rules that were made from `version`; 409 when somebody was faster. */
export function putMasking(projectId: string, version: number, rules: readonly MaskingRule[]) {
  const params = { path: { id: projectId } };
  const body = { version, rules: [...rules] };
  return answer(api.PUT('/v1/projects/{id}/masking-rules', { params, body }));
}

/**
 * Masks a sample, an object of an event's fields in JSON, and gives the answer as its text: both keep the
 * digits of large numbers.
 */
export function tryMasking(projectId: string, rules: readonly MaskingRule[], sample: string) {
  const params = { path: { id: projectId } };
  return answer<string>(
    api.POST('/v1/projects/{id}/masking-rules/dry-run', {
      params,
      body: { rules: [...rules], samples: [] },
      // The sample as its text: parsed and written again, large numbers would lose digits.
      bodySerializer: () => `{"rules":${JSON.stringify(rules)},"samples":[${sample}]}`,
      parseAs: 'text',
    }),
  );
}
