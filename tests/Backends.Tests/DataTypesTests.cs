namespace Camshaft.Backends.Tests;

public sealed class DataTypesTests
{
    [Fact]
    public void Every_datatype_of_KServe_and_Triton_is_there_with_its_size() => Assert.Equal(
        "BOOL 1, UINT8 1, UINT16 2, UINT32 4, UINT64 8, INT8 1, INT16 2, INT32 4, INT64 8, FP16 2, FP32 4, FP64 8, BYTES 0, BF16 2",
        string.Join(", ", DataTypes.All.Select(static dataType => $"{dataType.Name} {dataType.ByteSize}")));

    [Fact]
    public void Names_are_found_again_in_every_form() => Assert.All(DataTypes.All, static dataType =>
    {
        Assert.True(DataTypes.TryParse(dataType.Name, out var byName));
        Assert.True(DataTypes.TryParse(System.Text.Encoding.ASCII.GetBytes(dataType.Name), out var byBytes));
        Assert.True(DataTypes.TryParseConfigName(dataType.ConfigName, out var byConfigName));
        Assert.Equal((dataType, dataType, dataType), (byName, byBytes, byConfigName));
    });

    [Theory]
    [InlineData("")]
    [InlineData("fp32")]
    [InlineData("INVALID")]
    [InlineData("FP32 ")]
    [InlineData("A name that is far too long")]
    public void Other_names_are_none(string name)
    {
        Assert.False(DataTypes.TryParse(name, out _));
        Assert.False(DataTypes.TryParse(System.Text.Encoding.ASCII.GetBytes(name), out _));
    }
}
