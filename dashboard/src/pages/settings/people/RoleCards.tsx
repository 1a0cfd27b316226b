import { useId } from 'react';

interface Props<Role extends string> {
  label: string;
  roles: readonly Role[];
  chosen: Role;
  onChange: (role: Role) => void;
  nameOf: (role: Role) => string;
  aboutOf: (role: Role) => string;
}

/** Choice of a role, each with what it may do. */
export function RoleCards<Role extends string>(props: Props<Role>) {
  const { label, roles, chosen, onChange, nameOf, aboutOf } = props;
  const name = useId();
  return (
    <fieldset className="choice-cards">
      <legend>{label}</legend>
      {roles.map((role) => (
        <label key={role} className="choice-card">
          <input
            type="radio"
            name={name}
            value={role}
            checked={role === chosen}
            onChange={() => onChange(role)}
          />
          <b>{nameOf(role)}</b>
          <span>{aboutOf(role)}</span>
        </label>
      ))}
    </fieldset>
  );
}
