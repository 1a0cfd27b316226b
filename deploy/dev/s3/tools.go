//go:build tools

// Package s3 names the program that scripts/restore-test builds, so that go.mod and go.sum pin what it is made of.
package s3

import _ "github.com/versity/versitygw/cmd/versitygw"
