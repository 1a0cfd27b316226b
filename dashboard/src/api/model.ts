// The names the pages use for what the API answers. Everything is derived from the generated
// schema, so a change of the API shows up here as a type error and nowhere else first.
import type { paths } from './schema.gen';

type Json<Responses, Status extends keyof Responses> = Responses[Status] extends {
  content: { 'application/json': infer Body };
}
  ? Body
  : never;

type Get<Path extends keyof paths> = paths[Path] extends { get: { responses: infer R } }
  ? Json<R, 200 & keyof R>
  : never;

/** Who is signed in, with their role in each project and what the installation offers. */
export type User = Get<'/v1/auth/me'>;
export type InstanceRole = User['role'];
export type Member = Get<'/v1/auth/projects/{id}/members'>['data'][number];
export type ProjectRole = Member['role'];
export type Project = Get<'/v1/auth/projects'>['data'][number];
export type ApiKey = Get<'/v1/auth/api-keys'>['data'][number];
export type KeyScope = ApiKey['scope'];
export type NewApiKey =
  paths['/v1/auth/api-keys']['post']['requestBody']['content']['application/json'];
export type CreatedApiKey = Json<paths['/v1/auth/api-keys']['post']['responses'], 201>;
export type EventPage = Get<'/v1/audit'>;
export type EventSummary = EventPage['data'][number];
export type Stats = Get<'/v1/audit/stats'>;
export type Bucket = Stats['timeline'][number];
export type ServiceStats = Stats['by_service'][number];
export type Facets = Get<'/v1/audit/facets'>;
/** The filters every route that reads events takes. */
export type FilterQuery = NonNullable<paths['/v1/audit/facets']['get']['parameters']['query']>;
export type Monitor = Get<'/v1/monitors'>['data'][number];
export type View = Get<'/v1/views'>['data'][number];
export type FacetCounts = Get<'/v1/audit/facets/counts'>;
export type Session = Get<'/v1/auth/sessions'>['data'][number];
export type ListedUser = Get<'/v1/auth/users'>['data'][number];
export type Invite = Get<'/v1/auth/invites'>['data'][number];
export type PersonalToken = Get<'/v1/auth/personal-tokens'>['data'][number];
export type TokenScope = PersonalToken['scopes'][number];
export type NewToken =
  paths['/v1/auth/personal-tokens']['post']['requestBody']['content']['application/json'];
export type Invitation = Get<'/v1/auth/invite/{token}'>;
