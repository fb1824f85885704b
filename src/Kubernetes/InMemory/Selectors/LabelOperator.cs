namespace Hearth.Kubernetes.InMemory.Selectors;

/// <summary>How a label is compared. All but the last two hold only for objects that have the label.</summary>
internal enum LabelOperator
{
    Exists,
    In,
    GreaterThan,
    LessThan,

    /// <summary>Holds when the label is absent.</summary>
    DoesNotExist,

    /// <summary>Holds too when the label is absent.</summary>
    NotIn,
}
