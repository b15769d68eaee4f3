using System.Net;
using Camshaft.Backends;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

[Collection(WrongInputCollection.Name)]
public sealed class NumberRangeTests(HttpServer server) : WrongInputTest(server)
{
    [Theory]
    [InlineData(DataType.UInt8, "256", "-1")]
    [InlineData(DataType.UInt16, "65536", "-1")]
    [InlineData(DataType.UInt32, "4294967296", "-1")]
    [InlineData(DataType.UInt64, "18446744073709551616", "-1")]
    [InlineData(DataType.Int8, "128", "-129")]
    [InlineData(DataType.Int16, "32768", "-32769")]
    [InlineData(DataType.Int32, "2147483648", "-2147483649")]
    [InlineData(DataType.Int64, "9223372036854775808", "-9223372036854775809")]
    public async Task A_whole_number_out_of_range_is_refused_by_its_place(DataType dataType, params string[] elements)
    {
        foreach (var element in (string[])[.. elements, "1.0", "1e1", "0.5", "1e400", "99999999999999999999999999"])
        {
            await AssertRefusedAsync(Request(dataType, element), HttpStatusCode.BadRequest, $"Model '{HttpServer.NameOfIdentity(dataType)}': Input 'x': element 1 of 'data' is {element}, which is no {dataType.Name}.");
        }
    }

    [Theory]
    [InlineData(DataType.Float32, "3.5e38")]
    [InlineData(DataType.Float32, "-1e39")]
    [InlineData(DataType.Float32, "1e400")]
    [InlineData(DataType.Float64, "1.8e308")]
    [InlineData(DataType.Float64, "-1e400")]
    public async Task A_number_beyond_the_floats_range_is_refused_by_its_place(DataType dataType, string element) =>
        await AssertRefusedAsync(Request(dataType, element), HttpStatusCode.BadRequest, $"element 1 of 'data' is {element}, which is no {dataType.Name}.");

    [Theory]
    [InlineData(DataType.Float16)]
    [InlineData(DataType.BFloat16)]
    public async Task A_half_float_has_no_form_in_JSON_in_or_out_of_range(DataType dataType)
    {
        await AssertRefusedAsync(Request(dataType, "1"), HttpStatusCode.BadRequest, $"input 'x' has datatype {dataType.Name}, which JSON cannot carry; send it in binary form.");
        await AssertRefusedAsync(Request(dataType, "65536"), HttpStatusCode.BadRequest, $"input 'x' has datatype {dataType.Name}, which JSON cannot carry; send it in binary form.");
    }

    [Theory]
    [InlineData(DataType.Bool, "1")]
    [InlineData(DataType.Bool, "\"true\"")]
    [InlineData(DataType.Float32, "\"NaN\"")]
    [InlineData(DataType.Int32, "true")]
    [InlineData(DataType.Bytes, "1")]
    [InlineData(DataType.Bytes, "true")]
    [InlineData(DataType.Bytes, "null")]
    [InlineData(DataType.Bytes, "{}")]
    [InlineData(DataType.Float64, "null")]
    [InlineData(DataType.Float64, "{\"real\":1}")]
    public async Task An_element_of_another_type_is_refused(DataType dataType, string element) =>
        await AssertRefusedAsync(Request(dataType, element), HttpStatusCode.BadRequest, HttpServer.NameOfIdentity(dataType), "Input 'x'");

    private static byte[] Request(DataType dataType, string element)
    {
        var good = dataType switch { DataType.Bool => "true", DataType.Bytes => "\"a\"", _ => "1" };
        return Post(InferPath(dataType), $$"""{"inputs":[{"name":"x","datatype":"{{dataType.Name}}","shape":[2],"data":[{{good}},{{element}}]}]}""");
    }
}
