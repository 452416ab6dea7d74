/** Who calls. */
export type User = { id: string; roles: string[]; anonymous?: boolean };

/** A caller, and whether a cookie told so: cookies travel by themselves. */
export type Session = { user: User; byCookie: boolean };
