using Hearth.Training.Datasets;

namespace Hearth.Training.Tests.Datasets;

public sealed class CsvDatasetTests : IDisposable
{
    private readonly Folder _folder = new();

    [Fact]
    public void Read_HeaderAndNamedLabel_GivesTheExamples()
    {
        var data = Read("width,kind,height\r\n1.5,oak,-2\r\n\r\n3e1,ash,0\r\n", new CsvOptions { Label = "kind" });

        Assert.Equal((2, 2), (data.Count, data.FeatureCount));
        Assert.Equal([1.5f, -2], data.Features(0).ToArray());
        Assert.Equal([30f, 0], data.Features(1).ToArray());
        Assert.Equal(["ash", "oak"], data.Classes.ToArray());
        Assert.Equal((1, 0), (data.Label(0), data.Label(1)));
    }

    [Fact]
    public void Read_NoHeaderAndQuotes_TakesTheLastColumn()
    {
        var data = Read("1;2;\"a;\"\"b\"\"\"\n\"3\";4;c", new CsvOptions { Header = false, Separator = ';' });

        Assert.Equal(["a;\"b\"", "c"], data.Classes.ToArray());
        Assert.Equal([3f, 4], data.Features(1).ToArray());
    }

    [Fact]
    public void Read_WholeNumbersAsClasses_AreInTheirOrder() =>
        Assert.Equal(["2", "9", "10"], Read("10,1\n9,1\n2,1", new CsvOptions { Header = false, Label = "0" }).Classes.ToArray());

    [Fact]
    public void Read_GivenClasses_AreTheOnlyOnes()
    {
        var options = new CsvOptions { Header = false, Classes = ["b", "a"] };

        Assert.Equal(1, Read("1,a", options).Label(0));
        AssertFault("1,a\n2,c", options, "line 2: a class of 'b', 'a' is expected, found 'c'");
    }

    [Theory]
    [InlineData("", "one line of data or more is expected, found none")]
    [InlineData("x,y\n", "one line of data or more is expected, found none")]
    [InlineData("x\n1", "line 1: a class and one feature or more")]
    [InlineData("x,y\n1,2\n1,2,3", "line 3: 2 fields are expected, found 3")]
    [InlineData("x,y\n\n1,2\n\none,2", "line 5: in column 0 a finite number is expected, found 'one'")]
    [InlineData("x,y\n,2", "line 2: in column 0 a finite number is expected, found ''")]
    [InlineData("x,y\nNaN,2", "line 2: in column 0 a finite number is expected, found 'NaN'")]
    [InlineData("x,y\n1e99,2", "line 2: in column 0 a finite number is expected, found '1e99'")]
    [InlineData("x,y\n\"1,2", "line 2: a quoted field is expected to end")]
    [InlineData("x,y\n\"1\"2,2", "line 2: a quoted field is expected to end")]
    public void Read_MalformedTable_SaysWhereAndWhat(string text, string fault) => AssertFault(text, new CsvOptions(), fault);

    [Theory]
    [InlineData(true, "z", "line 1: a column 'z' is expected, found 'x', 'y'")]
    [InlineData(false, "2", "line 1: a column of number '2' is expected, found columns 0 to 1")]
    public void Read_LabelColumnThatIsNotThere_SaysWhatThereIs(bool header, string label, string fault) =>
        AssertFault("x,y\n1,2", new CsvOptions { Header = header, Label = label }, fault);

    [Fact]
    public void Read_FaultBehindTheLabel_CountsColumnsOfTheFile() =>
        AssertFault("a,1,two", new CsvOptions { Header = false, Label = "0" }, "line 1: in column 2 a finite number is expected, found 'two'");

    public void Dispose() => _folder.Dispose();

    private Dataset Read(string text, CsvOptions options) => CsvDataset.Read(_folder.Write("data.csv", text), options);

    private void AssertFault(string text, CsvOptions options, string fault)
    {
        var error = Assert.Throws<DatasetException>(() => Read(text, options));
        Assert.Contains($"'{error.Path}' cannot be used as data: {fault}", error.Message, StringComparison.Ordinal);
    }
}
