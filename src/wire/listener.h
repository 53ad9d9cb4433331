/* SPDX-License-Identifier: MIT */
/* listener.h: a listening socket that hands out connections.
 *
 * Belongs to the thread whose GMainContext was the thread-default one when it was made; its callbacks
 * come there. It sets SO_REUSEADDR, so that a server starts again at once on the port it had. */
#pragma once
#include "wire/connection.h"

G_BEGIN_DECLS

typedef struct _GpoListener GpoListener;

typedef struct
{
  /* A connection came. It is held by the listener during the call only: keep it with
   * gpo_connection_ref() and give it a user with gpo_connection_set_user(), or it is closed. */
  void (*accepted) (GpoListener *listener, GpoConnection *c, gpointer data);
  /* Accepting stopped for a second because the process or the system has no file descriptors left.
   * Comes once for each such time. May be NULL. */
  void (*exhausted) (GpoListener *listener, const char *text, gpointer data);
} GpoListenerUser;

/* Listens on a numeric address ("127.0.0.1", "::1", "0.0.0.0") and port; port 0: the kernel chooses.
 * NULL and *error on failure: G_IO_ERROR_ADDRESS_IN_USE, PERMISSION_DENIED, INVALID_ARGUMENT or what the
 * system said, each with the cure in its text. */
GpoListener *gpo_listener_new (const char *address, guint16 port, const GpoListenerUser *user, gpointer data,
                               GError **error);
/* The port, also when the kernel chose it. */
guint16 gpo_listener_port (const GpoListener *listener);

/* FALSE lets new peers wait in the kernel's backlog; TRUE at first. */
void gpo_listener_set_accepting (GpoListener *listener, gboolean accepting);

/* Stops listening. Its connections live on. Allowed inside its callbacks. */
void gpo_listener_free (GpoListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoListener, gpo_listener_free)

G_END_DECLS
