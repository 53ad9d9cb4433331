/* SPDX-License-Identifier: MIT */
/* control-socket.h: who may be asked from another process: the listening end of the control socket (control.h
 * says what goes over it).
 *
 * The owner is an office or a proxy: it carries out intents on its own thread and has a log to be followed.
 */
#pragma once
#include "office/asking.h"
#include "trace/log.h"

G_BEGIN_DECLS

typedef struct GpoControl GpoControl;

typedef struct
{
  GpoLog *log;
  GMainContext *context; /* of the thread that carries out, and accepts */
  GpoCarryOut carry_out;
  void (*guest_gone) (gpointer data); /* somebody who asked is gone; may be NULL */
  gpointer data;
} GpoControlOwner;

/* Listens nowhere yet. All of this on the owner's thread, whose context is thread-default. */
GpoControl *gpo_control_new (const GpoControlOwner *owner);
/* Opens a socket `control` in this folder. FALSE and *error: it cannot be. */
gboolean gpo_control_open (GpoControl *control, const char *folder, GError **error);
/* Opens the one where commands find an office by themselves, if none of the user's is there; adds to
 * `warnings` why not. `folder`: where it can be asked all the same. */
void gpo_control_open_users (GpoControl *control, const char *folder, GPtrArray *warnings);
/* From now on people are let in. */
void gpo_control_start (GpoControl *control);
/* Nobody new is let in, and who is there is told to go. */
void gpo_control_close (GpoControl *control);
/* Whether all are gone. */
gboolean gpo_control_is_quiet (GpoControl *control);
/* Removes the sockets. It must be quiet. */
void gpo_control_free (GpoControl *control);

G_END_DECLS
