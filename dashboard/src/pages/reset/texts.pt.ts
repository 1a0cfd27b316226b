import type { Translation } from '../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Nova senha',
  lead: 'Escolha uma nova senha. Ela encerra suas sessões e seus tokens pessoais, onde quer que estejam.',
  password: 'Nova senha',
  submit: 'Definir a senha',
  done: 'Sua nova senha está definida',
  doneHelp: 'Você saiu de todo lugar. Entre com a nova.',
  over: 'Este link não vale mais',
  overHelp: 'Ele foi usado, ou tem mais de 24 horas. Peça um novo a quem o enviou.',
  toLogin: 'Entrar',
};
