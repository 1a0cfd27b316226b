import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { logout, meQuery } from '../api/session';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { THEMES, type Theme, setTheme, useTheme } from './theme';

const THEME_LABELS: Record<Theme, string> = {
  system: 'System theme',
  light: 'Light theme',
  dark: 'Dark theme',
};

export function UserMenu() {
  const theme = useTheme();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery);
  const signOut = useMutation({
    mutationFn: logout,
    onSuccess: async () => {
      await navigate({ to: '/login' });
      client.clear();
    },
  });

  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="user" aria-label="Account and theme">
          <span className="avatar" aria-hidden="true">
            {(me?.name || me?.email || '?').charAt(0).toUpperCase()}
          </span>
          <span className="user-text">
            <span>{me?.name || me?.email}</span>
            <span className="user-role">{me?.role}</span>
          </span>
          <Icon name="down" />
        </button>
      }
      sections={[
        { kind: 'label', text: me?.email ?? '' },
        {
          kind: 'choice',
          label: 'Theme',
          value: theme,
          options: THEMES.map((value) => ({ value, label: THEME_LABELS[value] })),
          onChange: (value) => setTheme(THEMES.find((known) => known === value) ?? 'system'),
        },
        { kind: 'action', text: 'Sign out', onSelect: () => signOut.mutate() },
      ]}
    />
  );
}
