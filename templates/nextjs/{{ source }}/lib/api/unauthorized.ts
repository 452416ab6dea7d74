import { ApiError } from './errors';

/** 401 with the challenge that RFC 9110, section 11.6.1, asks for. */
export function unauthorized(message: string): ApiError {
  return new ApiError('unauthorized', message, { 'WWW-Authenticate': 'Bearer realm="api"' });
}
