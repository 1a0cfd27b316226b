// What a person is called in a list: the best there is of a name, an e-mail and an id. The only place that decides it.

interface Person {
  user_name: string;
  user_email: string;
  identifier: string;
}

export function personOf({ user_name, user_email, identifier }: Person): string {
  return user_name || user_email || identifier;
}

/** What it leaves out, to tell two of the same name apart; nothing where it leaves nothing out. */
export function restOf(person: Person): string | undefined {
  const { user_name, user_email, identifier } = person;
  const rest = [user_name, user_email, identifier].filter(
    (known, at, all) => known !== '' && all.indexOf(known) === at && known !== personOf(person),
  );
  return rest.length === 0 ? undefined : rest.join(' · ');
}
