namespace Hearth.Integration.Tests;

/// <summary>A cluster of three nodes with two idle workers each.</summary>
public sealed class ThreeNodes() : Cluster("--nodes", "3", "--warm", "6");
