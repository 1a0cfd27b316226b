/** The address of a page that a person is sent to with a token: as the server writes it into e-mails. */
export function linkTo(page: 'invite' | 'reset-password', token: string): string {
  return `${window.location.origin}/app/${page}/${token}`;
}
