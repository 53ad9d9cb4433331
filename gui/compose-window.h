/* SPDX-License-Identifier: MIT */
/* compose-window.h: writing a letter, or answering one. */
#pragma once
#include "reader-model.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_TYPE_COMPOSE_WINDOW (gpo_compose_window_get_type ())
G_DECLARE_FINAL_TYPE (GpoComposeWindow, gpo_compose_window, GPO, COMPOSE_WINDOW, GtkWindow)

/* A window for this draft, which is taken over (its strings; it is empty then). `answers`: the key of the
 * letter that it answers, or NULL. */
GpoComposeWindow *gpo_compose_window_new (GtkWindow *parent, GpoReaderModel *model, GpoDraft *draft,
                                          const char *answers);
/* What is written, for tests: "to", "cc", "bcc", "subject" or "text". */
void gpo_compose_window_set (GpoComposeWindow *window, const char *field, const char *text);
/* The caller frees. */
char *gpo_compose_window_dup (GpoComposeWindow *window, const char *field);
/* Adds a file. */
void gpo_compose_window_attach (GpoComposeWindow *window, const char *name, const char *type, GBytes *bytes);
/* How attachments go: FALSE by MIME, TRUE uuencoded. */
void gpo_compose_window_set_uuencode (GpoComposeWindow *window, gboolean uuencode);
/* Sends it; closes unless an address is wrong. */
void gpo_compose_window_send (GpoComposeWindow *window);
/* Why it was not sent; "" if nothing is wrong. */
const char *gpo_compose_window_get_problem (GpoComposeWindow *window);

G_END_DECLS
