/** Sign-in with NextAuth: an email address and a password, then a session in a cookie. */
import type { AuthOptions, DefaultSession } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';

import { isSecure, sessionSecret } from '../api/session-secret';
import { signIn } from './accounts';
import type { Role } from './roles';

declare module 'next-auth' {
  interface User {
    id: string;
    role: Role | undefined;
  }
  interface Session {
    user: DefaultSession['user'] & { id: string; role: Role | undefined };
  }
}

declare module 'next-auth/jwt' {
  interface JWT {
    role?: Role | undefined;
  }
}

/** A session cannot be taken back before it is over, so it is not longer than a working day. */
const SESSION_SECONDS = 12 * 60 * 60;

/** NextAuth's answer to an error holds the error's message; `onError` gets the error itself, and the answer is no use then. */
export async function authOptions(
  onError: (error: unknown) => void = () => undefined,
): Promise<AuthOptions> {
  return {
    secret: await sessionSecret(),
    useSecureCookies: isSecure(),
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    providers: [
      CredentialsProvider({
        name: 'email and password',
        credentials: {
          email: { label: 'Email', type: 'email' },
          password: { label: 'Password', type: 'password' },
        },
        authorize: (input) =>
          signIn(input).catch((error: unknown) => {
            onError(error);
            return null;
          }),
      }),
    ],
    callbacks: {
      // `user` is there at sign-in only; what a client sends to change its session is not looked at.
      jwt: ({ token, user }) => (user ? { ...token, sub: user.id, role: user.role } : token),
      session: ({ session, token }) => ({
        ...session,
        user: { ...session.user, id: token.sub ?? '', role: token.role },
      }),
    },
  };
}
