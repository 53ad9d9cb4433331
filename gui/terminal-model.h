/* SPDX-License-Identifier: MIT */
/* terminal-model.h: a conversation typed by hand: whom one may call, the connection, what was said and heard.
 *
 * Knows no widget. What may be said when is the dialogue's affair (replay/dialogue.h); this has the socket,
 * and pastes line by line. Signals: "line" (GpoTerminalLine as int, the text with its ending made visible)
 * and "changed". Main thread only; nothing blocks. */
#pragma once
#include "office/office.h"
#include "replay/dialogue.h"

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

/* The counters of the world: "athens SMTP, port 11025". */
guint gpo_terminal_model_n_targets (GpoTerminalModel *model);
const char *gpo_terminal_model_target (GpoTerminalModel *model, guint i);
/* The addresses of the world's people, NULL-terminated; belongs to the model. */
const char *const *gpo_terminal_model_addresses (GpoTerminalModel *model);

/* Calls counter i, or HOST:PORT and speaks this protocol there. FALSE and *error: the name makes no sense. */
void gpo_terminal_model_call (GpoTerminalModel *model, guint i);
gboolean gpo_terminal_model_call_address (GpoTerminalModel *model, const char *address, GpoProtocol protocol,
                                          GError **error);
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
