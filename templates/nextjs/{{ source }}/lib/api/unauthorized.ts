import { apiError, type APIError } from './errors';

/** 401 with the challenge that RFC 9110, section 11.6.1, asks for. */
export function unauthorized(message: string): APIError {
  return apiError('unauthorized', message, {
    headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
  });
}
