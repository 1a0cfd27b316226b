//go:build tools

// Package cluster names the program that scripts/cluster-test builds, so that go.mod and go.sum pin what it is made of.
package cluster

import _ "k8s.io/kubernetes/cmd/kube-apiserver"
