/* SPDX-License-Identifier: MIT */
/* transcript-actions.h: what keys and menus do in the transcript.
 *
 *     win.find          opens the search; win.find-again s: "next" or "previous"
 *     win.error s       the next or previous thing that went wrong
 *     win.details       (toggle) the box with all about the event */
#pragma once
#include "window.h"

G_BEGIN_DECLS

void gpo_transcript_actions_add (GpoWindow *window);

G_END_DECLS
