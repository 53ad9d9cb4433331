/* SPDX-License-Identifier: MIT */
/* i18n.h: words for people are marked for gettext: _("…"), ngettext(). Words of the protocols are not. */
#pragma once
#define GETTEXT_PACKAGE "glasspost"
#include <glib/gi18n-lib.h>
