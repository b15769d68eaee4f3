using System.Net;
using Camshaft.Backends;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Hosting.Tests;

public sealed class ManagementGuardTests
{
    [Theory]
    [InlineData("127.0.0.1", StatusCode.Ok)]
    [InlineData("::1", StatusCode.Ok)]
    [InlineData(null, StatusCode.Ok)]
    [InlineData("10.0.0.7", StatusCode.PermissionDenied)]
    public void Callers_on_this_machine_manage_and_others_do_not(string? address, StatusCode expected) => Assert.Equal(expected, Check(address));

    [Theory]
    [InlineData("Origin", "https://evil.example", StatusCode.PermissionDenied)]
    [InlineData("Origin", "null", StatusCode.PermissionDenied)]
    [InlineData("Origin", "http://localhost:8000", StatusCode.Ok)]
    [InlineData("Origin", "http://localhost:9000", StatusCode.PermissionDenied)]
    [InlineData("Sec-Fetch-Site", "cross-site", StatusCode.PermissionDenied)]
    [InlineData("Sec-Fetch-Site", "same-origin", StatusCode.Ok)]
    public void Web_pages_of_other_origins_do_not_manage(string header, string value, StatusCode expected) =>
        Assert.Equal(expected, Check("127.0.0.1", header, value));

    private static StatusCode Check(string? address, string? header = null, string? value = null)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        context.Request.Host = new HostString("localhost", 8000);
        if (header is not null)
        {
            context.Request.Headers[header] = value;
        }

        return new ManagementGuard().Check(context).Code;
    }
}
