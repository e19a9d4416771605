/** Identifiers of stored things are UUIDs in lower case, as in the PingOne API; links and URLs depend on their staying the same. */
import { z } from 'zod';

export const id = z
  .uuid({ error: 'must be a UUID, for example from `uuidgen`' })
  .transform((text) => text.toLowerCase());
