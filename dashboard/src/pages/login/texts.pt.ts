import type { Translation } from '../../i18n/catalogue';
import type { texts as english } from './texts.en';

export const texts: Translation<typeof english> = {
  title: 'Entrar',
  lead: 'Entre para ver o que seus serviços fizeram.',
  leadBack: 'Entre para continuar de onde parou.',
  email: 'E-mail',
  password: 'Senha',
  submit: 'Entrar',
  busy: 'Entrando…',
  foot: 'Ainda sem conta? Peça um convite a um proprietário desta instalação.',
  failed: 'Não foi possível entrar. Tente de novo.',
  mismatch: 'Este e-mail e esta senha não correspondem a uma conta.',
  tooMany:
    'Isso não correspondeu várias vezes seguidas. Nada se perdeu: sua conta só está protegida contra adivinhação. Tente de novo daqui a pouco.',
  wait: 'Tente de novo em {wait}',
  signedIn: 'Você está conectado como {name}.',
  goOn: 'Continuar',
  or: 'ou',
  with: 'Entrar com {provider}',
  provider: 'login único',
  sso_expired: 'A entrada demorou demais, ou começou em outro navegador. Tente de novo.',
  sso_denied: 'Você não entrou por lá. Tente de novo, ou use sua senha.',
  sso_email: 'Seu e-mail não está confirmado lá, ou o domínio dele não pode entrar aqui.',
  sso_no_role: 'Nenhum dos seus grupos pode usar esta instalação. Fale com um proprietário.',
  sso_no_account: 'Você não tem conta aqui. Peça um convite a um proprietário desta instalação.',
  sso_provider: 'Não foi possível perguntar ao provedor quem você é. Tente daqui a pouco.',
};
