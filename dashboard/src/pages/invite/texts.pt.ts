import type { Translation } from '../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Convite',
  lead: 'Você foi convidado para o BatAudit. Escolha como quer ser chamado e uma senha.',
  signedIn:
    'Este navegador está conectado como {name}. Ao aceitar, você entra como a pessoa convidada.',
  email: 'E-mail',
  as: 'Função: {role}',
  name: 'Seu nome',
  password: 'Senha',
  submit: 'Aceitar e entrar',
  until: 'Este convite vale até {time}.',
  accepted: 'Sua conta existe. Entre com a senha que você escolheu.',
  over: 'Este convite não vale mais',
  overHelp:
    'Ele foi usado, revogado, ou tem mais de sete dias. Se você já o aceitou, entre; senão, peça um novo a quem convidou você.',
  toLogin: 'Entrar',
};
