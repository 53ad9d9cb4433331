/* SPDX-License-Identifier: MIT */
/* terminal-model.h: a conversation typed by hand: whom one may call, the connection, what was said and heard.
 *
 * Knows no widget. What may be said when is the dialogue's affair (replay/dialogue.h), the connection that of
 * the office (office/typed-call.h); this joins them, and pastes line by line. Signals: "line"
 * (GpoTerminalLine as int, the text with its ending made visible) and "changed". Main thread only; nothing
 * blocks. */
#pragma once
#include "office/office.h"
#include "replay/dialogue.h"
#include "terminal-world.h"

G_BEGIN_DECLS

#define GPO_TYPE_TERMINAL_MODEL (gpo_terminal_model_get_type ())
G_DECLARE_FINAL_TYPE (GpoTerminalModel, gpo_terminal_model, GPO, TERMINAL_MODEL, GObject)

/* What a line of the transcript is. */
typedef enum
{
  GPO_TERMINAL_CLIENT,
  GPO_TERMINAL_SERVER,
  GPO_TERMINAL_NOTE
} GpoTerminalLine;

/* office: NULL where there is none; then only HOST:PORT can be called. It must outlive the model's calls. */
GpoTerminalModel *gpo_terminal_model_new (GpoOffice *office);
/* Hangs up; nothing more comes. */
void gpo_terminal_model_close (GpoTerminalModel *model);

/* Whom one may call, and who may type; belongs to the model. */
GpoTerminalWorld *gpo_terminal_model_get_world (GpoTerminalModel *model);

/* Calls counter i of the world, or HOST:PORT and speaks this protocol there. `who`: the name that the trace
 * gives to who types. FALSE and *error: the address makes no sense. */
void gpo_terminal_model_call (GpoTerminalModel *model, guint i, const char *who);
gboolean gpo_terminal_model_call_address (GpoTerminalModel *model, const char *address, GpoProtocol protocol,
                                          const char *who, GError **error);
void gpo_terminal_model_hang_up (GpoTerminalModel *model);
/* Whether a connection stands or is being made. */
gboolean gpo_terminal_model_is_open (GpoTerminalModel *model);
/* "TLS1.3 …", or NULL. */
const char *gpo_terminal_model_get_tls (GpoTerminalModel *model);

/* The dialogue; NULL before the first call. It stays after the connection ended. */
GpoDialogue *gpo_terminal_model_get_dialogue (GpoTerminalModel *model);
/* Sends a typed line. */
void gpo_terminal_model_type (GpoTerminalModel *model, const char *line, GpoTyping how);
/* Sends several lines: each when what was said before is answered, or all of them at once. */
void gpo_terminal_model_paste (GpoTerminalModel *model, const char *text, gboolean at_once, GpoTyping how);
/* Lines pasted that wait. */
guint gpo_terminal_model_n_pasted (GpoTerminalModel *model);

G_END_DECLS
