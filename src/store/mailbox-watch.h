/* SPDX-License-Identifier: MIT */
/* mailbox-watch.h: the kernel's word that files came to a folder or left it: inotify(7).
 *
 * One inotify instance for all mailboxes of a thread. It is read directly and not through GFileMonitor, since
 * a STORE of ten thousand letters is twenty thousand events of our own making, which must cost next to
 * nothing, and since NOOP must be able to ask for what is there now. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* `came`: a file of this name appeared, else one disappeared. name NULL: too much happened, look yourself;
 * may be written to. */
typedef void (*GpoWatchFunc) (gpointer folder, gboolean in_new, gboolean came, char *name);

/* Watches new/ and cur/ in the folder at `path`, telling on `context`, this thread's. FALSE: the kernel will
 * not; look yourself. */
gboolean gpo_watch_add (GMainContext *context, const char *path, gpointer folder, GpoWatchFunc func);
void gpo_watch_remove (gpointer folder);
/* Tells at once what happened so far. */
void gpo_watch_drain (void);

G_END_DECLS
