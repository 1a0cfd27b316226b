//go:build tools

// Package compose names the program that scripts/images-test builds, so that go.mod and go.sum pin what it is made of.
package compose

import _ "github.com/docker/compose/v2/cmd"
