/* SPDX-License-Identifier: MIT */
/* control.h: a running office, asked from another process: `glasspost queue`, `glasspost show --live`.
 *
 * A Unix socket that only its owner may use (mode 0600). It lies in the store's folder (`control`), and
 * for the first office of a user also at gpo_control_path(), so that commands find it by themselves.
 *
 * A request is a line. Intents (office.h) are answered by their JSON lines and then one that ends the
 * answer: {"done":true} or {"error":"…"}. The request `trace [FROM]` is answered by a trace stream, the
 * head line and every event from number FROM on, until one side closes. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* "$XDG_RUNTIME_DIR/glasspost/control", or "/tmp/glasspost-UID/control". The caller frees. */
char *gpo_control_path (void);

/* The store of an office that is told none: "glasspost" in the user's data folder. The caller frees. */
char *gpo_control_default_store (void);

/* Connects to the office of the store in folder `store` (NULL: the user's) and sends a request. NULL and
 * *error: G_IO_ERROR_NOT_FOUND if no office runs there. For `trace`, read the stream from it. */
GSocketConnection *gpo_control_connect (const char *store, const char *request, GError **error);
/* Asks, and calls `each` (may be NULL) for every JSON line of the answer. FALSE and *error if the office
 * is not there or refuses. */
gboolean gpo_control_ask (const char *store, const char *request,
                          void (*each) (const char *json, gpointer data), gpointer data, GError **error);

G_END_DECLS
