import { isAllowedOrigin } from './cors';
import { apiError } from './errors';

/** Cookies travel by themselves, so a write must not come from a page of somebody else. */
export function refuseForgery(request: Request): void {
  const origin = request.headers.get('origin');
  if (['GET', 'HEAD'].includes(request.method) || origin === null) return;
  if (!isAllowedOrigin(request, origin)) {
    throw apiError('forbidden', 'This origin may not write with a cookie');
  }
}
