/** The headers of a write by this session cookie: a known Origin is all that it needs. */
export async function writeHeaders(cookie: string): Promise<Record<string, string>> {
  return { Cookie: cookie };
}
