/* SPDX-License-Identifier: MIT
 * crew.h - threads that wait for parts of work, for what the library divides among them. */
#ifndef CLI_CREW_H
#define CLI_CREW_H

#include <loci/network.h>

typedef struct crew crew;

/* `threads` of them, the caller's own among them; 0: as many as there are processors. Fewer where they cannot be had. NULL: out of
 * memory. */
crew *crew_create(size_t threads);
void crew_free(crew *c); /* NULL is allowed */

/* What the library is lent, good as long as the crew; one thread at a time may work with it. */
const loci_crew *crew_hands(const crew *c);

#endif
