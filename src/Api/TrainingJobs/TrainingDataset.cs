using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>Labelled examples.</summary>
[ValidationRule("self.format != 'Idx' || (has(self.train.images) && has(self.train.labels) && !has(self.train.uri))", Message = IdxFiles, FieldPath = ".train")]
[ValidationRule("self.format != 'Csv' || (has(self.train.uri) && !has(self.train.images) && !has(self.train.labels))", Message = CsvFile, FieldPath = ".train")]
[ValidationRule(
    "!has(self.test) || self.format != 'Idx' || (has(self.test.images) && has(self.test.labels) && !has(self.test.uri))", Message = IdxFiles, FieldPath = ".test")]
[ValidationRule(
    "!has(self.test) || self.format != 'Csv' || (has(self.test.uri) && !has(self.test.images) && !has(self.test.labels))", Message = CsvFile, FieldPath = ".test")]
[ValidationRule("self.format == 'Csv' || !has(self.csv)", Message = CsvOptionsWithoutCsv, FieldPath = ".csv")]
public sealed record TrainingDataset
{
    internal const string IdxFiles = "format Idx needs images and labels, and no uri";
    internal const string CsvFile = "format Csv needs uri, and neither images nor labels";
    internal const string CsvOptionsWithoutCsv = "only format Csv takes csv";

    /// <summary>What the files are.</summary>
    public DatasetFormat Format { get; set; } = DatasetFormat.Idx;

    /// <summary>The examples that the model learns from.</summary>
    [Required]
    public DatasetSource Train { get; set; } = new();

    /// <summary>Held-out examples on which the accuracy is measured at the end.</summary>
    public DatasetSource? Test { get; set; }

    /// <summary>How to read the tables, for format Csv.</summary>
    public CsvFormat? Csv { get; set; }
}
