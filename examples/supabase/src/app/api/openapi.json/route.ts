import { descriptions } from '@/jobs/descriptions';
import { openApiDocument } from '@/lib/api/openapi';
import { respond } from '@/lib/api/respond';
import { describeJobs } from '@/lib/jobs/openapi';
import { paths } from '@/resources';

/** The API's description, derived from the schemas that validate it. */
export function GET(request: Request): Promise<Response> {
  const more = describeJobs(descriptions);
  return respond(request, async () => Response.json(openApiDocument(paths, more)));
}
