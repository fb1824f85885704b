namespace Hearth.Conformance.Tests;

/// <summary>The cases share their servers.</summary>
[CollectionDefinition(Servers.Collection)]
public sealed class ServersCollection : ICollectionFixture<Servers>;
