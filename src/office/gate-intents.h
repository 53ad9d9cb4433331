/* SPDX-License-Identifier: MIT */
/* gate-intents.h: what people ask of a gate, in words: of an office's, and of a proxy's.
 *
 *     hold on|off      step      release [SESSION]      edit SESSION REPLY
 *     break FILTER     unbreak [NUMBER]                 enable|disable NUMBER
 *     held             drop SESSION
 *     fault add NAME [at HOST] when FILTER do ACTION [times N]
 *     fault remove NAME  fault clear [HOST]  fault list */
#pragma once
#include "office/answer-lines.h"
#include "office/gate.h"
#include "roles/host.h"

G_BEGIN_DECLS

typedef struct
{
  GpoGate *gate;
  GpoAnswerLines *lines;
  /* The host of this name, for `at HOST`; NULL: there are no hosts. */
  const GpoHost *(*host) (const char *name, gpointer data);
  gpointer data;
} GpoGateAsked;

/* The words there are, NULL-terminated; static. */
const char *const *gpo_gate_words (void);
/* Carries out `word` with the rest of its line. FALSE and *error: it was not understood, or cannot be done;
 * the word is one of the above. */
gboolean gpo_gate_carry_out (GpoGateAsked *asked, const char *word, const char *rest, GError **error);

G_END_DECLS
