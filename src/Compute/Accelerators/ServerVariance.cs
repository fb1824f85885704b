namespace Hearth.Compute.Accelerators;

/// <summary>What an adaptive server keeps of the squared changes d² (Reddi et al., ICLR 2021, algorithm 2).</summary>
public enum ServerVariance
{
    /// <summary>v + d².</summary>
    Adagrad,

    /// <summary>β₂ · v + (1 - β₂) · d².</summary>
    Adam,

    /// <summary>v - (1 - β₂) · d² · sign(v - d²).</summary>
    Yogi,
}
