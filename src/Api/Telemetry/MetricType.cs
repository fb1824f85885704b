namespace Hearth.Api.Telemetry;

/// <summary>How measurements of an instrument become a value.</summary>
internal enum MetricType
{
    /// <summary>Measurements are added up and never go down.</summary>
    Counter,

    /// <summary>Measurements are added up and may go down: a Prometheus gauge.</summary>
    UpDownCounter,

    /// <summary>The last measurement counts.</summary>
    Gauge,

    /// <summary>The last measurement is a running total: a Prometheus counter.</summary>
    ObservableCounter,

    /// <summary>Measurements are counted by size.</summary>
    Histogram,
}
