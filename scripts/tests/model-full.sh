#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tests of model.sh with pages of 16 KiB, and built by clang.

BUILDS='gcc-14 clang-12' exec bash "$(dirname "$0")/model.sh"
