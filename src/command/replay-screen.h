/* SPDX-License-Identifier: MIT */
/* replay-screen.h: a terminal that is taken over for a while (another screen, keys one by one, no cursor) and
 * given back as it was: at the end, and while the program is stopped by Ctrl-Z.
 *
 * Signals are heard while gpo_screen_wait() waits and at no other time, so none is missed. One at a time. */
#pragma once
#include <glib.h>
#include <poll.h>

G_BEGIN_DECLS

/* Standard input and output are a terminal. */
void gpo_screen_take (void);
void gpo_screen_give_back (void);

/* How large it is now. */
void gpo_screen_size (guint *rows, guint *columns);
/* Waits until one of `fds` is ready, `ms` have passed (-1: no time), the size changed, or a signal came.
 * Returns as poll() does. Stops the program when the terminal asks for that, and comes back when it goes on.
 */
int gpo_screen_wait (struct pollfd *fds, guint n, int ms);
/* SIGINT, SIGTERM or SIGHUP came. */
gboolean gpo_screen_is_to_end (void);

G_END_DECLS
