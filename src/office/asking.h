/* SPDX-License-Identifier: MIT */
/* asking.h: an intent is carried to the thread that carries it out, and its answer back. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* Carries out an intent; the answer (the caller frees), or NULL and *error. */
typedef char *(*GpoCarryOut) (gpointer owner, const char *intent, GError **error);

/* Calls `carry_out` on the thread of `context` and waits. Not on that thread itself. */
char *gpo_ask_on (GMainContext *context, GpoCarryOut carry_out, gpointer owner, const char *intent,
                  GError **error);
/* The same without waiting. `done` (may be NULL) is called on the caller's thread-default context. */
void gpo_tell_on (GMainContext *context, GpoCarryOut carry_out, gpointer owner, const char *intent,
                  void (*done) (char *answer, const GError *error, gpointer data), gpointer data);

G_END_DECLS
