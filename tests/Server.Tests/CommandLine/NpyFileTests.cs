using System.Text;
using Camshaft.Backends;
using Camshaft.Server.CommandLine;
using Camshaft.Server.CommandLine.Tensors;

namespace Camshaft.Server.Tests.CommandLine;

public sealed class NpyFileTests
{
    [Theory]
    [InlineData(DataType.Bool, 1)]
    [InlineData(DataType.UInt64, 8)]
    [InlineData(DataType.Int16, 2)]
    [InlineData(DataType.Float16, 2)]
    [InlineData(DataType.Float32, 4)]
    public void What_is_written_is_read_again(DataType dataType, int byteSize)
    {
        var data = Enumerable.Range(0, 6 * byteSize).Select(static value => (byte)(value % 2)).ToArray();
        var file = NpyFile.Write(new TensorValue("x", dataType, [2, 3], data));
        var tensor = NpyFile.Read("x", "file", file);

        Assert.Equal(0, (file.Length - data.Length) % 64);
        Assert.Equal((dataType, 2L, 3L), (tensor.DataType, tensor.Shape[0], tensor.Shape[1]));
        Assert.Equal(data, tensor.Data.ToArray());
    }

    // As numpy 1 and 2 write them.
    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 2, 3)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", 7)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }")]
    public void Headers_of_numpy_are_understood(string header, params int[] shape) =>
        Assert.Equal(shape.Select(static length => (long)length), NpyFile.Read("x", "file", File(header)).Shape);

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", "'file' holds elements of type '>f4'; expected little-endian numbers")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", "'file' holds elements of type '<c8'")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", "'file' is in Fortran order")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "'file' has a header that is not understood")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "'file' has the shape '(-2,)', which is none")]
    public void Other_headers_are_refused_with_a_reason(string header, string message) =>
        Assert.StartsWith(message, Assert.Throws<CommandException>(() => NpyFile.Read("x", "file", File(header))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_cut_anywhere_in_its_header_is_refused()
    {
        var file = NpyFile.Write(new TensorValue("x", DataType.Float32, [1], new byte[4]));
        for (var length = 0; length < file.Length - 4; length++)
        {
            Assert.Throws<CommandException>(() => NpyFile.Read("x", "file", file[..length]));
        }
    }

    private static byte[] File(string header) => [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)];
}
